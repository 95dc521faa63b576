package io.maitred.waitingroom.page;

/**
 * Which form of a word follows a whole number, after the plural rules of Unicode's CLDR: languages
 * with the same rule share a constant.
 */
enum PluralRule {
  /** One form for all numbers. */
  NONE {
    @Override
    String form(long count) {
      return "other";
    }
  },

  /** One thing, or several. */
  ONE {
    @Override
    String form(long count) {
      return count == 1 ? "one" : "other";
    }
  },

  /** Russian, Ukrainian, Croatian, Serbian: 1, 21, 31; 2 to 4, 22 to 24; the others. */
  EAST_SLAVIC {
    @Override
    String form(long count) {
      if (count % 10 == 1 && count % 100 != 11) {
        return "one";
      }
      return isTwoToFour(count % 10) && !isTwoToFour(count % 100 - 10) ? "few" : "other";
    }
  },

  /** Polish: 1; 2 to 4, 22 to 24; the others. */
  POLISH {
    @Override
    String form(long count) {
      if (count == 1) {
        return "one";
      }
      return isTwoToFour(count % 10) && !isTwoToFour(count % 100 - 10) ? "few" : "other";
    }
  },

  /** Czech, Slovak: 1; 2 to 4; the others. */
  CZECH {
    @Override
    String form(long count) {
      if (count == 1) {
        return "one";
      }
      return isTwoToFour(count) ? "few" : "other";
    }
  },

  /** Slovenian: by the last two digits, with a dual. */
  SLOVENIAN {
    @Override
    String form(long count) {
      long last = count % 100;
      if (last == 1) {
        return "one";
      }
      if (last == 2) {
        return "two";
      }
      return last == 3 || last == 4 ? "few" : "other";
    }
  },

  /** Lithuanian: 1, 21; 2 to 9, 22 to 29; tens and all that end in 11 to 19. */
  LITHUANIAN {
    @Override
    String form(long count) {
      if (count % 10 == 0 || isTeen(count)) {
        return "other";
      }
      return count % 10 == 1 ? "one" : "few";
    }
  },

  /** Latvian: tens and all that end in 11 to 19; 1, 21; the others. */
  LATVIAN {
    @Override
    String form(long count) {
      if (count % 10 == 0 || isTeen(count)) {
        return "zero";
      }
      return count % 10 == 1 ? "one" : "other";
    }
  },

  /** Romanian: 1; up to 19 in the last two digits; the others, with a preposition. */
  ROMANIAN {
    @Override
    String form(long count) {
      if (count == 1) {
        return "one";
      }
      return count == 0 || (count % 100 >= 1 && count % 100 <= 19) ? "few" : "other";
    }
  },

  /** Hebrew: with a dual. */
  HEBREW {
    @Override
    String form(long count) {
      if (count == 1) {
        return "one";
      }
      return count == 2 ? "two" : "other";
    }
  },

  /** Arabic: with a dual, and two plurals by the last two digits. */
  ARABIC {
    @Override
    String form(long count) {
      if (count <= 2) {
        return count == 0 ? "zero" : count == 1 ? "one" : "two";
      }
      long last = count % 100;
      if (last >= 3 && last <= 10) {
        return "few";
      }
      return last >= 11 ? "many" : "other";
    }
  };

  /**
   * The name of the form for a number.
   *
   * @param count not negative
   */
  abstract String form(long count);

  private static boolean isTwoToFour(long digit) {
    return digit >= 2 && digit <= 4;
  }

  private static boolean isTeen(long count) {
    return count % 100 >= 11 && count % 100 <= 19;
  }
}
