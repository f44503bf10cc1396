"""What has been said of a finding, by the agency and by the office, and what follows from it? Pure."""
