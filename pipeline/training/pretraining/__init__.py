"""Models that go on learning from texts alone (continued pre-training)."""
