"""What the terminal is sent: only the cells that changed, one write a frame, and little at a time.

Textual writes every part of the screen that was drawn again. `display.LeanDisplay` takes these parts instead, keeps
what the terminal shows and what it should show, and sends the difference:

    private    the private Textual names this stands on, and whether they are as expected
    cells      text, cell by cell
    pens       styles as SGR codes, and the shortest change from one to another
    scrolling  lines that only moved
    sending    the sequences themselves
    writer     front and back buffer; a frame is what turns one into the other
    pacing     when a frame may be sent
    environment  what the surroundings say of the terminal: colors, erasing, size, job control
    driver     size and title of the terminal, whichever writer is used
    paste      a parser of what is typed that ends a paste whose end was lost
    output     writer, pacing and driver together
    display    the app's and the driver's side
    status     whether it is used, and the terminal's round trip, for `doctor`; without Textual
"""
