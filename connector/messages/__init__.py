"""Ways out: mail by SMTP or Microsoft Graph, a JSON webhook, Apprise."""
