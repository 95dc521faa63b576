package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.page.QueuePage;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** What previews need: a place to keep templates, and somebody who renders them. */
interface Previews {

  /** What is wrong with a template; empty when it can be rendered. */
  CompletionStage<Optional<String>> problem(String template);

  /**
   * Keeps a template where every node finds it, for an hour at least and a day at most.
   *
   * @return false when there is no room for another one within the hour
   */
  CompletionStage<Boolean> keep(UUID id, String template);

  CompletionStage<Optional<String>> find(UUID id);

  /** The page that a user would see. */
  CompletionStage<QueuePage> render(String template, QueueFacts facts);
}
