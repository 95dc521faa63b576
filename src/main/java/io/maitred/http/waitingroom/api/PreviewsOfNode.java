package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.page.QueuePage;
import io.maitred.waitingroom.page.QueuePages;
import io.maitred.waitingroom.preview.PreviewTable;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Previews in production.
 *
 * @param blocking for what takes long: a large template is parsed for 100 ms
 */
record PreviewsOfNode(PreviewTable table, QueuePages pages, Executor blocking) implements Previews {

  @Override
  public CompletionStage<Optional<String>> problem(String template) {
    return CompletableFuture.supplyAsync(() -> QueuePages.templateError(template), blocking);
  }

  @Override
  public CompletionStage<Boolean> keep(UUID id, String template) {
    return table.keep(id, template);
  }

  @Override
  public CompletionStage<Optional<String>> find(UUID id) {
    return table.find(id);
  }

  @Override
  public CompletionStage<QueuePage> render(String template, QueueFacts facts) {
    return pages.preview(template, facts);
  }
}
