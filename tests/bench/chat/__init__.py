"""What the benchmark `chatting` is made of: a crowd of people, and a plain bot to compare with."""
