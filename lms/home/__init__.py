"""Pages that join contexts: the participant's home, who can see what about me; reads only."""
