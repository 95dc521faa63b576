package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.util.List;

/**
 * The request leads to no service.
 *
 * @param unknownTokens the tokens that were looked for in vain; when it is not empty, the caller
 *     may ask the tokens' entities and try again
 */
public record Refused(Refusal refusal, List<String> unknownTokens) implements Discovery, Resolved {
  public Refused {
    unknownTokens = List.copyOf(unknownTokens);
  }

  static Refused of(Refusal refusal) {
    return new Refused(refusal, List.of());
  }
}
