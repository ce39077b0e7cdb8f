"""The lines that forms and paper have: how they are found (`finding`), and erased (`erasing`)."""
