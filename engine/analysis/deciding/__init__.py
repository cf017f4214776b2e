"""The decision of one record: its verdict, the reasons, counterfactuals, and the next question to ask."""
