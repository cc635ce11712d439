"""Shared by the pages: safe text, session keys, navigation, sentences and figures."""
