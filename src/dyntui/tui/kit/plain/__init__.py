"""Plain mode: the console for screen readers. Nothing is drawn; what changed is written as lines of text.

The screens, their keys and their actions are the same. Textual draws into a screen of a fixed size that is never sent:
the driver discards it, and the announcer writes what a person would look at after a key instead.

    plain_text    text without the signs that only the eye needs
    descriptions  what the widgets of a screen say: texts, the line under the cursor, a field with label, value, hint
    announcer     compares that with what was announced before, and writes the difference
    plain_driver  the driver: input as always, output only as text
"""
