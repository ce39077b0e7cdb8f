"""From the pixels of a photo to candidates for digits, in reading order.

Each stage is plain functions over arrays that can be looked at alone, in this order:

    pipeline      the stages in a row: all the ways in which a photo may be segmented
    illumination  even out the light, tell light ink from dark ink
    binarization  tell ink from paper
    rules         erase boxes, tables, underlining and ruling, and what is crossed out
    components    find connected components, leave out what cannot be handwriting
    layout        which components make one digit, which digits form a line, what signs are
    splitting     where digits that touch may be split
    segmentation  cut out whatever may be one digit
    glyphs        turn ink into a 28×28 glyph with MNIST's stroke width
    best_path     which candidates the classifier finds likeliest together
    background    whether strokes lie on paper, or are the edges of objects
"""
