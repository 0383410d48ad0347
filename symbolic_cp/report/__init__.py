"""What people read: the checked objects as LaTeX."""
