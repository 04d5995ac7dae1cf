"""The science and the plumbing of the Transfer Learning Lab.

Importing this package loads nothing: every module is imported where it is
needed, so that the web server never loads torch.
"""
