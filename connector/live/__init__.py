"""`check --live`: what stands between these settings and a real tenant, one line per finding."""
