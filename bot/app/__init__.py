"""The wiring: what a process is made of, how it starts, and what runs beside the chat."""
