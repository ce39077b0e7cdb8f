"""From the pixels of a photo to candidates for digits, in reading order.

Each stage is plain functions over arrays that can be looked at alone, in this order:

    pipeline      the stages in a row: all the ways in which a photo may be segmented
    illumination  even out the light, tell light ink from dark ink
    binarization  tell ink from paper
    rules         erase boxes, tables, underlining and ruling, and what is crossed out
    components    find connected components, leave out what cannot be handwriting
    layout        which components make one digit, which digits form a line, what signs are
    segmentation  cut out whatever may be one digit
    touching      where digits that touch may be split, and which ink is
    glyphs        turn ink into a 28×28 glyph with MNIST's stroke width
    best_path     which candidates the classifier finds likeliest together
    surroundings  the sheet or display to look at; whether strokes are the edges of objects
"""
