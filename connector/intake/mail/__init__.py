"""Reading an e-mail: from raw bytes, however broken, to a request."""
