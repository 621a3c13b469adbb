"""What coordinators, focal points and evaluators see; reads only."""
