"""Reading a form submission: from a vendor's payload to a request, by the form's mapping."""
