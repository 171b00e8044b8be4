"""Where requests come from: folder, mailboxes, polled forms. Each satisfies `ports.Source`."""
