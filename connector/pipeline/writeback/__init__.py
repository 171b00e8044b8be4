"""Write-back: due dates for tickets whoever made them (DESIGN section 7, "Write-back")."""
