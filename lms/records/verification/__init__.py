"""What anybody may ask of a certificate: whether it is in force, what it stands for, whether a name agrees with it; and
what its holder lets others see."""
