"""The commands of `python -m model`, one function in a module of its own each.

The command line imports all of these modules to show its help, so that each imports NumPy, OpenCV,
Matplotlib or TensorFlow only inside the functions that need it.
"""
