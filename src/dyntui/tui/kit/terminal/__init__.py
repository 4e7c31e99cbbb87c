"""Output to the terminal: only the cells that changed, one write per frame, and no faster than the terminal reads.

Textual writes every part of the screen that was drawn again. `app_mixin.LeanDisplayMixin` takes these parts instead,
keeps what the terminal shows and what it should show, and sends the difference:

    textual_internals  the private names of Textual that this uses, and whether they are as expected
    cells              text as cells
    sgr                styles as SGR codes, and the shortest change from one style to another
    scrolling          lines that only moved
    ansi_writer        the escape sequences
    frame_diff         front and back buffer, and the frame that turns one into the other
    flow_control       when a frame may be sent
    environment        what the environment of the process tells of the terminal: colors, erasing, size, job control
    driver             the driver's part: size, title, input and output
    linux_driver       the driver class of the console
    input_decoder, input_parser  the input: text of any bytes, keys, and pastes whose end was lost
    output             ansi_writer, frame_diff, flow_control and driver together
    app_mixin          the app's part
    detection          which output is used, and the round trip to the terminal, for `dyntui doctor`; without Textual
"""
