"""Prompt formats: how a conversation becomes what a model reads, and which part of it is learned."""
