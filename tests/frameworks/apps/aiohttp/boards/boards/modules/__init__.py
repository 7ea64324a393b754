ENABLED = ("boards", "cards", "labels")
