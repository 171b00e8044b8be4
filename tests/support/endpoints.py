"""BMS operations as reports, faults and the sandbox name them."""

SIGN_IN = "POST /v2/security/authenticate"
CREATE = "POST /v2/servicedesk/tickets"
SEARCH = "GET /v2/servicedesk/tickets"
UPLOAD = "POST /v2/system/attachments/{moduleId}/{objectId}"
ADD_NOTE = "POST /v2/servicedesk/tickets/{ticketId}/notes"
CONTACTS = "GET /v2/crm/contacts/search"
PATCH = "PATCH /v2/servicedesk/tickets/{ticketId}"
