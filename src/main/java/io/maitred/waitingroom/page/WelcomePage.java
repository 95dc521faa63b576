package io.maitred.waitingroom.page;

import akka.util.ByteString;
import java.util.Optional;

/** Stands for a site: what a user sees who is let in at once (contract waiting room 24.7). */
final class WelcomePage {
  static final QueuePage PAGE =
      new QueuePage(
          ByteString.fromString(
              """
              <!DOCTYPE html>
              <html lang="en">
              <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width,initial-scale=1">
              <title>Welcome</title>
              <link rel="icon" href="data:,">
              <style>:root{color-scheme:light dark}body{font:100%/1.6 system-ui,sans-serif;\
              max-width:36rem;margin:20vh auto;padding:0 1.25rem}</style>
              </head>
              <body>
              <main>
              <h1>Welcome</h1>
              <p>This page stands for your site: with these settings visitors do not wait.</p>
              </main>
              </body>
              </html>
              """),
          Optional.of(PageLanguage.EN_US),
          Optional.empty());

  private WelcomePage() {}
}
