// Model: config.json, safetensors, tokenizer, quantisation, and exact integer inference of a LLaMA.
// Knows nothing of cryptography.
// May import: Foundation only.
