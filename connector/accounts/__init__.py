"""Portal logins and other access: who asks, who may approve, what is next. Pure rules."""
