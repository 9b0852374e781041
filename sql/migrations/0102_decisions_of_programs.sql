-- Which program decided, by its name then: the person whose rights it used is told to the staff alone.
ALTER TABLE decision ADD COLUMN program text;
COMMENT ON COLUMN decision.program IS 'the name of the program that used the rights of decided_by; NULL: they decided themselves';
