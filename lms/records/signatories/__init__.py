"""Whose names and titles stand on the signature lines of certificates: for all editions, or for one.

What stands here is for records that are issued from now on. Each record takes it along under its holder's key, beside
the name and the ministry, so that its certificate is the same for ever, whoever holds the offices later.
"""
