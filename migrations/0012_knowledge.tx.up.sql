-- Articles of the knowledge base, in Markdown, found by full text in the dictionary of their language.
CREATE TABLE articles (
    id         uuid PRIMARY KEY,
    -- Stands in the page's address; unique.
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    topic      text NOT NULL CHECK (topic IN ('meter_reading', 'fault', 'supplies', 'set_up', 'general')),
    version    bigint NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE article_texts (
    article_id uuid NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    language   text NOT NULL CHECK (language IN ('nb', 'en')),
    -- In the one form of knowledge.Tidy, so that an export imports to the same bytes.
    title      text NOT NULL CHECK (title <> '' AND title IS NFC NORMALIZED AND title !~ '^[[:space:]]|[[:space:]]$|[[:cntrl:]]'),
    body       text NOT NULL CHECK (body <> '' AND body IS NFC NORMALIZED AND body !~ '^[[:space:]]|[[:space:]]$|\r'),
    search     tsvector NOT NULL GENERATED ALWAYS AS (
        CASE language
            WHEN 'nb' THEN setweight(to_tsvector('norwegian', title), 'A') || to_tsvector('norwegian', body)
            ELSE setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body)
        END) STORED,
    PRIMARY KEY (article_id, language)
);
CREATE INDEX article_texts_search ON article_texts USING gin (search);

-- The models an article is for; none means all.
CREATE TABLE article_models (
    article_id uuid NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    model_id   uuid NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    PRIMARY KEY (article_id, model_id)
);
CREATE INDEX article_models_model ON article_models (model_id);
