"""Portal logins and approvals: asked for, approved, provisioned, verified (DESIGN section 8)."""
