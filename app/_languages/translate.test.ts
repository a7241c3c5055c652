import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { ko } from './ko.ts';
import { languageInQuery, pickLanguage } from './language.ts';
import { translator } from './translate.ts';

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe('the texts of the page', () => {
  it('have the same keys and the same blanks in both languages', () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(names(ko[key]), key).toEqual(names(en[key]));
      expect(ko[key].trim(), key).not.toBe('');
    }
  });

  it('fill in their blanks and leave unknown ones visible', () => {
    expect(translator('en')('course.progress', { reached: 2, all: 9 })).toBe('2 of 9 steps reached');
    expect(translator('ko')('lab.left', {})).toBe('{time} 남음');
  });
});

describe('the language of a page', () => {
  it('is what was asked for, then remembered, then preferred, then English', () => {
    expect(pickLanguage('ko', 'en', 'en')).toBe('ko');
    expect(pickLanguage('xx', 'ko', 'en')).toBe('ko');
    expect(pickLanguage(undefined, undefined, 'fr, ko-KR;q=0.7, en;q=0.3')).toBe('ko');
    expect(pickLanguage(undefined, undefined, 'fr, ko;q=0, en-GB;q=0.3')).toBe('en');
    expect(pickLanguage(undefined, undefined, null)).toBe('en');
  });
});

describe('the language that a path asks for', () => {
  it('is one of ours, or none', () => {
    expect(languageInQuery('/a/b?x=1&lang=ko&_rsc=1')).toBe('ko');
    expect(languageInQuery('/a/b?lang=xx')).toBe('');
    expect(languageInQuery('/lang=ko')).toBe('');
    expect(languageInQuery(undefined)).toBe('');
  });
});
