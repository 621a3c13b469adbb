"""Pictures and documents on their way in: brought into the one form in which they are kept, in a process apart.

`conversion` is the only module that imports the libraries that decode them, and runs in that process alone.
"""
