"""Commands for authors: new policies, proofs, cases, differences."""
