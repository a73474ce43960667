"""R: what recurrent layers mean."""
