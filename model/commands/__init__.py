"""The commands of `python -m model`, one a module: SUMMARY, add_arguments(parser), run(args)."""
