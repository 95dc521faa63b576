package io.maitred.node;

import io.maitred.http.waitingroom.api.Previews;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.page.QueuePages;
import io.maitred.waitingroom.preview.PreviewTable;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Templates that are kept in the database, and shown as users would see them. */
record PreviewsOfNode(PreviewTable table, QueuePages pages) implements Previews {
  @Override
  public CompletionStage<Boolean> keep(UUID id, String template) {
    return table.keep(id, template);
  }

  @Override
  public CompletionStage<Optional<String>> find(UUID id) {
    return table.find(id);
  }

  @Override
  public Optional<String> problem(String template) {
    return QueuePages.templateError(template);
  }

  @Override
  public CompletionStage<String> render(String template, QueueFacts facts) {
    return pages.preview(template, facts).thenApply(page -> page.html().utf8String());
  }
}
