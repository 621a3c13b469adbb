"""What one officer proposes and another confirms within seven days: one table row, one rule, one pair of buttons, for
every context in which something needs two people."""
