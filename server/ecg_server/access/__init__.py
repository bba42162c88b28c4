"""Who may call, and how much.

What the server shows callers of itself is in `certificates`, what it wants to see of them in `gate` and `tokens`,
where it may listen without any of that in `exposure`, and how much one caller may have in `shares`.
"""
