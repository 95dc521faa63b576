package io.maitred.waitingroom.expression;

import io.maitred.waitingroom.expression.Expression.Condition;
import io.maitred.waitingroom.expression.Operand.Kind;
import io.maitred.waitingroom.expression.Operand.Shape;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.ArgumentContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.ComparisonContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.ConjunctionContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.DisjunctionContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.ExclusionContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.ExpressionContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.GroupContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.IndexContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.NegationContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.NotContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.OperandContext;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser.PlainContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Turns a parsed expression into a condition, and refuses what does not fit together. */
final class RuleCompiler {
  private final Map<String, ? extends Collection<String>> lists;

  RuleCompiler(Map<String, ? extends Collection<String>> lists) {
    this.lists = lists;
  }

  Condition compile(ExpressionContext expression) {
    return disjunction(expression.disjunction());
  }

  private Condition disjunction(DisjunctionContext context) {
    var parts = context.exclusion().stream().map(this::exclusion).toArray(Condition[]::new);
    if (parts.length == 1) {
      return parts[0];
    }
    return facts -> {
      for (var part : parts) {
        if (part.holds(facts)) {
          return true;
        }
      }
      return false;
    };
  }

  private Condition exclusion(ExclusionContext context) {
    var parts = context.conjunction().stream().map(this::conjunction).toArray(Condition[]::new);
    if (parts.length == 1) {
      return parts[0];
    }
    return facts -> {
      boolean holds = false;
      for (var part : parts) {
        holds ^= part.holds(facts);
      }
      return holds;
    };
  }

  private Condition conjunction(ConjunctionContext context) {
    var parts = context.negation().stream().map(this::negation).toArray(Condition[]::new);
    if (parts.length == 1) {
      return parts[0];
    }
    return facts -> {
      for (var part : parts) {
        if (!part.holds(facts)) {
          return false;
        }
      }
      return true;
    };
  }

  private Condition negation(NegationContext context) {
    if (context instanceof NotContext not) {
      var negated = negation(not.negation());
      return facts -> !negated.holds(facts);
    }
    if (context instanceof GroupContext group) {
      return disjunction(group.disjunction());
    }
    var comparison = ((PlainContext) context).comparison();
    var operand = comparison(comparison);
    if (!operand.isOne(Kind.BOOLEAN)) {
      throw error(
          comparison,
          operand.kind() == Kind.BOOLEAN
              ? operand.describe() + " (expected: true or false; any(...) and all(...) make it one)"
              : operand.describe() + " (expected: a comparison, or what is true or false)");
    }
    var reader = operand.reader();
    return facts -> Boolean.TRUE.equals(reader.read(facts));
  }

  private Operand comparison(ComparisonContext context) {
    var left = operand(context.operand());
    var at = context.operand().getStart();
    if (context.ordering() != null) {
      checkComparable(at, left);
      return left.compare(
          Comparisons.order(left.kind(), context.ordering().getStart(), context.literal()));
    }
    if (context.text() != null) {
      checkComparable(at, left);
      return left.compare(
          Comparisons.text(left.kind(), context.text(), context.TEXT().getSymbol()));
    }
    if (context.set() != null) {
      checkComparable(at, left);
      return left.compare(Comparisons.in(left.kind(), context.set()));
    }
    if (context.LIST() != null) {
      checkComparable(at, left);
      return left.compare(Comparisons.in(left.kind(), context.LIST().getSymbol(), lists));
    }
    return left;
  }

  private static void checkComparable(Token at, Operand left) {
    if (left.shape() == Shape.LIST || left.shape() == Shape.MAP) {
      throw error(
          at, left.describe() + " cannot be compared (an element can: [0], [\"name\"], [*])");
    }
  }

  private Operand operand(OperandContext context) {
    if (context.NAME() == null) {
      return Operand.literal(Kind.BOOLEAN, context.TRUE() != null);
    }
    var name = context.NAME().getSymbol();
    var operand = context.LPAREN() == null ? field(name) : call(name, context);
    for (var index : context.index()) {
      operand = element(operand, index);
    }
    return operand;
  }

  private static Operand field(Token name) {
    var field = Fields.find(name.getText());
    if (field == null) {
      throw error(
          name,
          Fields.isRefused(name.getText())
              ? "field " + name.getText() + " is not allowed in bypass rules"
              : "unknown field " + name.getText());
    }
    return field;
  }

  private Operand call(Token name, OperandContext context) {
    var arguments = new ArrayList<Functions.Argument>();
    for (ArgumentContext argument : context.argument()) {
      arguments.add(new Functions.Argument(argument.getStart(), argument(argument)));
    }
    return Functions.call(name, List.copyOf(arguments));
  }

  private Operand argument(ArgumentContext context) {
    if (context.TEXT() != null) {
      return Operand.literal(Kind.TEXT, Literals.text(context.TEXT().getSymbol(), false));
    }
    if (context.INTEGER() != null) {
      return Operand.literal(Kind.INTEGER, Literals.integer(context.INTEGER().getSymbol()));
    }
    return comparison(context.comparison());
  }

  private static Operand element(Operand of, IndexContext index) {
    if (index.TEXT() != null && of.shape() == Shape.MAP) {
      var key = Literals.text(index.TEXT().getSymbol(), false);
      var reader = of.reader();
      return Operand.list(
          of.kind(),
          facts -> reader.read(facts) instanceof Operand.Lookup map ? map.get(key) : List.of());
    }
    if (index.INTEGER() != null && of.shape() == Shape.LIST) {
      long number = Literals.integer(index.INTEGER().getSymbol());
      if (number < 0) {
        throw error(index.INTEGER().getSymbol(), "index: " + number + " (expected: 0 or more)");
      }
      var reader = of.reader();
      return Operand.one(
          of.kind(),
          facts ->
              reader.read(facts) instanceof List<?> values && number < values.size()
                  ? values.get((int) number)
                  : null);
    }
    if (index.STAR() != null && of.shape() == Shape.LIST) {
      return new Operand(of.kind(), Shape.EACH, of.reader(), null);
    }
    throw error(index, of.describe() + " has no element " + index.getText());
  }

  private static InvalidExpressionException error(ParserRuleContext context, String message) {
    return error(context.getStart(), message);
  }

  private static InvalidExpressionException error(Token token, String message) {
    return InvalidExpressionException.at(Expressions.position(token), message);
  }
}
