"""SLA: windows, holidays and due dates. Pure: no clock, file or network."""
