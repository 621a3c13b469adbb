"""The learning system of the Raphael Lemkin Seminar: create_app() makes it, LMS mounts it in another Flask app."""
