package io.maitred.waitingroom.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.maitred.common.AddressRange;
import io.maitred.waitingroom.expression.Operand.Kind;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.ItemContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.LiteralContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.SetContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.TextContext;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** What the operators ask of a value, whose kind is known when they are compiled. */
final class Comparisons {
  /** Instructions of a compiled pattern: matching takes time in proportion to it. */
  private static final int MAX_PATTERN_SIZE = 5_000;

  /** Groups of a pattern; its compiler recurses into them. */
  private static final int MAX_PATTERN_GROUPS = 100;

  private Comparisons() {}

  /** {@code eq}, {@code lt} and so on. */
  static Predicate<Object> order(Kind kind, Token operator, LiteralContext literal) {
    int type = operator.getType();
    boolean isEquality = type == BypassRuleParser.EQ || type == BypassRuleParser.NE;
    if (!isEquality && (kind == Kind.ADDRESS || kind == Kind.BOOLEAN)) {
      throw error(operator, operator.getText() + " does not compare " + kind);
    }
    var test = signTest(type);
    return switch (kind) {
      case TEXT -> {
        var text = Literals.text(expect(literal.TEXT(), kind, literal.getStart()), false);
        yield value -> test.test(((String) value).compareTo(text));
      }
      case INTEGER -> {
        long number = Literals.integer(expect(literal.INTEGER(), kind, literal.getStart()));
        yield value -> test.test(Long.compare((Long) value, number));
      }
      case ADDRESS -> {
        var token = expect(literal.ADDRESS(), kind, literal.getStart());
        var address = Literals.addresses(token);
        if (!address.isSingle()) {
          throw error(
              token, token.getText() + " is a network (expected: in {" + token.getText() + "})");
        }
        yield value -> test.test(address.contains((InetAddress) value) ? 0 : 1);
      }
      case BOOLEAN -> {
        if (literal.TRUE() == null && literal.FALSE() == null) {
          throw mismatch(kind, literal.getStart());
        }
        boolean wanted = literal.TRUE() != null;
        yield value -> test.test(Boolean.compare((Boolean) value, wanted));
      }
    };
  }

  private static IntPredicate signTest(int operator) {
    return switch (operator) {
      case BypassRuleParser.EQ -> sign -> sign == 0;
      case BypassRuleParser.NE -> sign -> sign != 0;
      case BypassRuleParser.LT -> sign -> sign < 0;
      case BypassRuleParser.LE -> sign -> sign <= 0;
      case BypassRuleParser.GT -> sign -> sign > 0;
      default -> sign -> sign >= 0;
    };
  }

  /** {@code contains}, {@code matches}, {@code wildcard}. */
  static Predicate<Object> text(Kind kind, TextContext operator, Token literal) {
    if (kind != Kind.TEXT) {
      throw error(operator.getStart(), operator.getText() + " does not apply to " + kind);
    }
    if (operator.CONTAINS() != null) {
      var part = Literals.text(literal, false);
      return value -> ((String) value).contains(part);
    }
    if (operator.WILDCARD() != null) {
      var wildcard = new Wildcard(Literals.text(literal, true), operator.STRICT() != null);
      return value -> wildcard.test((String) value);
    }
    var pattern = pattern(literal);
    return value -> pattern.matcher((String) value).find();
  }

  private static Pattern pattern(Token literal) {
    var text = Literals.text(literal, true);
    if (text.chars().filter(c -> c == '(').count() > MAX_PATTERN_GROUPS) {
      throw error(literal, "pattern with more than " + MAX_PATTERN_GROUPS + " groups");
    }
    try {
      var pattern = Pattern.compile(text);
      if (pattern.programSize() > MAX_PATTERN_SIZE) {
        throw error(literal, "pattern is too large");
      }
      return pattern;
    } catch (PatternSyntaxException invalid) {
      throw error(literal, "invalid pattern: " + invalid.getDescription());
    }
  }

  /** {@code in {...}}. */
  static Predicate<Object> in(Kind kind, SetContext set) {
    return switch (kind) {
      case TEXT -> {
        var texts = new HashSet<String>();
        for (var item : set.item()) {
          texts.add(Literals.text(expect(item.TEXT(), kind, item.getStart()), false));
        }
        yield inTexts(texts);
      }
      case INTEGER -> inNumbers(set.item().stream().map(Comparisons::numbers).toList());
      case ADDRESS -> inAddresses(set.item().stream().map(Comparisons::addresses).toList());
      case BOOLEAN -> throw error(set.getStart(), "a set has no true or false");
    };
  }

  private record Numbers(long first, long last) {}

  private static Numbers numbers(ItemContext item) {
    if (item.INTEGER().isEmpty()) {
      throw mismatch(Kind.INTEGER, item.getStart());
    }
    long first = Literals.integer(item.INTEGER(0).getSymbol());
    long last = item.RANGE() == null ? first : Literals.integer(item.INTEGER(1).getSymbol());
    if (last < first) {
      throw error(item.getStart(), item.getText() + " ends before it begins");
    }
    return new Numbers(first, last);
  }

  private static AddressRange addresses(ItemContext item) {
    if (item.ADDRESS().isEmpty()) {
      throw mismatch(Kind.ADDRESS, item.getStart());
    }
    var first = Literals.addresses(item.ADDRESS(0).getSymbol());
    if (item.RANGE() == null) {
      return first;
    }
    var last = Literals.addresses(item.ADDRESS(1).getSymbol());
    if (!first.isSingle() || !last.isSingle()) {
      throw error(
          item.getStart(), item.getText() + " is a range of networks (expected: addresses)");
    }
    return first
        .to(last)
        .orElseThrow(() -> error(item.getStart(), item.getText() + " is no range of addresses"));
  }

  /** {@code in $list}. */
  static Predicate<Object> in(
      Kind kind, Token name, Map<String, ? extends Collection<String>> lists) {
    var items = lists.get(name.getText().substring(1));
    if (items == null) {
      throw error(name, "unknown list " + name.getText());
    }
    return switch (kind) {
      case TEXT -> inTexts(Set.copyOf(items));
      case INTEGER -> {
        var numbers = new ArrayList<Numbers>();
        for (var item : items) {
          try {
            long number = Long.parseLong(item);
            numbers.add(new Numbers(number, number));
          } catch (NumberFormatException noNumber) {
            throw listMismatch(kind, name, item);
          }
        }
        yield inNumbers(List.copyOf(numbers));
      }
      case ADDRESS ->
          inAddresses(
              items.stream()
                  .map(
                      item ->
                          AddressRange.of(item).orElseThrow(() -> listMismatch(kind, name, item)))
                  .toList());
      case BOOLEAN -> throw error(name, "a list has no true or false");
    };
  }

  private static Predicate<Object> inTexts(Set<String> texts) {
    return value -> texts.contains((String) value);
  }

  private static Predicate<Object> inNumbers(List<Numbers> ranges) {
    return value -> {
      long number = (Long) value;
      return ranges.stream().anyMatch(in -> in.first() <= number && number <= in.last());
    };
  }

  private static Predicate<Object> inAddresses(List<AddressRange> ranges) {
    return value -> {
      var address = (InetAddress) value;
      return ranges.stream().anyMatch(range -> range.contains(address));
    };
  }

  private static Token expect(@Nullable TerminalNode node, Kind kind, Token at) {
    if (node == null) {
      throw mismatch(kind, at);
    }
    return node.getSymbol();
  }

  private static InvalidExpressionException mismatch(Kind kind, Token at) {
    return error(at, at.getText() + " (expected: " + kind + ")");
  }

  private static InvalidExpressionException listMismatch(Kind kind, Token name, String item) {
    return error(
        name, "list " + name.getText() + " has the item " + item + " (expected: " + kind + ")");
  }

  private static InvalidExpressionException error(Token at, String message) {
    return InvalidExpressionException.at(Expressions.position(at), message);
  }
}
