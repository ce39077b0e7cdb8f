"""The buttons under messages: what each of them holds, and what a press brings about."""
