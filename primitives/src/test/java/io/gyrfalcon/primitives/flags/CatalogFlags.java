package io.gyrfalcon.primitives.flags;

/** Flags of these tests, found through the service file. */
public final class CatalogFlags implements FlagCatalog {
    static final String LISTED_NAME = "test.listed";

    private static final class Declared {
        static final Flag LISTED =
                Flag.declare(LISTED_NAME, "is listed", "process", false, "is listed too");
    }

    @Override
    public void declareAll() {
        if (!Declared.LISTED.name().equals(LISTED_NAME)) throw new AssertionError();
    }
}
