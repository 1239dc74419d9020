"""The live half of messaging: what is read once and told to all who follow."""
