-- Templates of queue pages that are shown before they are used. Times are milliseconds since 1970.
CREATE TABLE "room_preview" (
  "id" VARCHAR(36) NOT NULL,
  "created_on" BIGINT NOT NULL,
  "size" INTEGER NOT NULL,
  "template" BLOB NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "room_preview_created_on_idx" ON "room_preview" ("created_on");
