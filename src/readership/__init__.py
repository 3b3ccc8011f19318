"""Readership: readership analytics for newsrooms."""
