DROP TABLE article_models;
DROP TABLE article_texts;
DROP TABLE articles;
